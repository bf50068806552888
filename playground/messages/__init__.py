"""What is written in the local workspace: messages, files, forms and conversations."""

"""What does the text say? Knows no file, no shell, no tool."""

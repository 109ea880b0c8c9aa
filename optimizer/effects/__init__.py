"""What does a step do?"""

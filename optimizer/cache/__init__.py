"""What does a rebuild cost?"""

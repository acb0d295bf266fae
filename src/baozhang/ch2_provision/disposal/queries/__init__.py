"""What can be asked: who must agree, what may not go yet, what is still useful, what is missing before each step."""

"""What is open to everyone: `/transparence`, its rubrics and its files."""

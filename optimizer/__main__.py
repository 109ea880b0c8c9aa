"""`python -m optimizer` is `dfopt`."""

from optimizer.cli import main

if __name__ == "__main__":
    main()

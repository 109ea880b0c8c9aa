def main() -> None:
    print("open")

import click
from greeting import WORDS, greet


@click.command()
@click.argument("name")
@click.option("--language", type=click.Choice(sorted(WORDS)), default="en")
def main(name: str, language: str) -> None:
    """Greet NAME."""
    click.echo(greet(name, language))


if __name__ == "__main__":
    main()

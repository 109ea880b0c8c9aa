import os

from setuptools import setup

setup(
    name="demo",
    version="1.0",
    packages=["demo"],
    description=" ".join(sorted(n for n in os.listdir(".") if n.endswith(".txt"))),
)

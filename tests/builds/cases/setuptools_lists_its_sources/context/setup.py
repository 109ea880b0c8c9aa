import os
import re

from setuptools import find_packages, setup

here = os.path.dirname(os.path.abspath(__file__))


def read(*names):
    with open(os.path.join(here, *names), encoding="utf-8") as opened:
        return opened.read()


setup(
    name="demo",
    version=re.search(r"__version__ = '([^']+)'", read("demo", "__init__.py")).group(1),
    long_description=read("README.md"),
    packages=find_packages(exclude=["tests"]),
    package_data={"demo": ["*.txt"]},
)

import sys

from setuptools import setup

sys.path.insert(0, ".")
from version import VALUE

setup(name="demo", version=VALUE, packages=["demo"])

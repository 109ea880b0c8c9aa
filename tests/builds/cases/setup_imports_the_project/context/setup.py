from setuptools import setup
from version import VALUE

setup(name="demo", version=VALUE, packages=["demo"])

from setuptools import setup

setup(name="money", version="1.0", packages=["money"])

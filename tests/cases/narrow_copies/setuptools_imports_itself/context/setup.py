import shop
from setuptools import setup

setup(name="shop", version=shop.VERSION, packages=["shop"])

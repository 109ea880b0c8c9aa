from setuptools import setup

setup(
    name="demo",
    version="1.0",
    py_modules=["demo"],
    entry_points={"console_scripts": ["demo=demo:main"]},
)

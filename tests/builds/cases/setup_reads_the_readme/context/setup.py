from pathlib import Path
from setuptools import setup

setup(name='app', version='1.0', py_modules=['app'], long_description=Path('README.md').read_text())

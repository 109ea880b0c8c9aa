from setuptools import setup

setup(name='lib', version='1.0', py_modules=['lib'], extras_require={'extra': []})

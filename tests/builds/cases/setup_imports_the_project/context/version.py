import pathlib

VALUE = str(len(list(pathlib.Path("docs").iterdir())))

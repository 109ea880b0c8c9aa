import os

from sorter.server import serve

serve(int(os.environ.get("SORTER_PORT", "8000")))

"""A guest book that lives as long as its process."""

import os

from flask import Flask, redirect, render_template, request

app = Flask(__name__)
entries: list[str] = []


@app.get("/")
def show():
    return render_template("index.html", entries=entries)


@app.post("/")
def sign():
    text = request.form.get("text", "").strip()
    if text:
        entries.append(text)
    return redirect("/")


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=int(os.environ.get("PORT", "5000")))

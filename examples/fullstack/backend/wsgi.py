from flask import Flask, jsonify

from dice import roll

app = Flask(__name__, static_folder="static", static_url_path="")


@app.get("/")
def index():
    return app.send_static_file("index.html")


@app.get("/api/roll")
def api_roll():
    return jsonify(dice=roll(2))

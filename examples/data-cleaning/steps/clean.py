# Degrees become Celsius, days stand once, and what no thermometer can have read is a gap.
import csv
from pathlib import Path


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def celsius(row):
    value = number(row['temperature'])
    if value is not None and row['unit'] == 'F':
        value = round((value - 32) / 1.8, 1)
    return value if value is not None and -90 < value < 60 else None


def filled(values, at):
    known = [values[near] for near in (at - 1, at + 1) if 0 <= near < len(values) and values[near] is not None]
    return round(sum(known) / len(known), 1) if known else None


def execute(table, rule):
    with open(table, newline='') as file:
        days = {row['day']: (celsius(row), number(row['rain_mm'])) for row in csv.DictReader(file)}
    columns = [list(column) for column in zip(*days.values())]
    if rule == 'lenient':
        columns = [[value if value is not None else filled(column, at) for at, value in enumerate(column)] for column in columns]
    rows = [(day, *values) for day, *values in zip(days, *columns)]
    kept = [row for row in rows if None not in row]
    with open('clean.csv', 'w', newline='') as file:
        csv.writer(file).writerows([('day', 'celsius', 'rain_mm'), *kept])
    return {'clean.csv': Path('clean.csv'), 'dropped': [row[0] for row in rows if None in row]}

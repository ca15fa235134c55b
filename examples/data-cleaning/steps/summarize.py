# Days, mean temperature and all the rain of one station.
import csv


def execute(table):
    with open(table, newline='') as file:
        rows = [(float(row['celsius']), float(row['rain_mm'])) for row in csv.DictReader(file)]
    mean = sum(celsius for celsius, _ in rows) / len(rows)
    return {'summary': {'days': len(rows), 'mean': round(mean, 2), 'rain': round(sum(rain for _, rain in rows), 1)}}

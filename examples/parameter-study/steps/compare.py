# Root of the mean square error.
import numpy as np


def execute(signal, smooth):
    return {'error': float(np.sqrt(np.mean((signal - smooth) ** 2)))}

# A signal of two waves and a step, and the same with noise on it. The seed makes the noise the same each time.
import numpy as np


def execute(seed, noise):
    t = np.linspace(0, 1, 400)
    signal = np.sin(4 * np.pi * t) + 0.4 * np.sin(11 * np.pi * t) + (t > 0.6)
    return {'signal': signal, 'noisy': signal + noise * np.random.default_rng(seed).standard_normal(t.size)}

# Writes outputs that are called by an extension, each with the library that made the value.
import os
import pickle
import sys

import chef_values

PICTURES = frozenset('.png .svg .pdf .jpg .jpeg .eps .ps .tif .tiff .webp .gif .bmp'.split())
TEXTS = frozenset('.txt .md .html .tex .xml .yml .yaml .log'.split())
OTHERS = frozenset('.csv .tsv .parquet .feather .json .npy .npz .pkl .pickle'.split())


def write(path, value):
    """Write a value and return the path of the output. With an extension that says nothing about the form, any form
    will do.
    """
    extension = os.path.splitext(path)[1].lower()
    if isinstance(value, os.PathLike) or extension not in PICTURES | TEXTS | OTHERS:
        return chef_values.write(path, value)
    _write(path, extension, value)
    return path


def _write(path, extension, value):
    if extension in ('.pkl', '.pickle'):
        return _bytes(path, pickle.dumps(value, protocol=4))
    if extension == '.json':
        return _bytes(path, _json(value))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _bytes(path, value)
    if isinstance(value, str) and (extension in TEXTS or extension in ('.csv', '.tsv', '.svg')):
        return _bytes(path, value.encode())
    _clear(path)
    if extension in ('.csv', '.tsv', '.parquet', '.feather'):
        return _frame(path, extension, value)
    if extension in ('.npy', '.npz'):
        return _array(path, extension, value)
    if extension in PICTURES:
        return _picture(path, extension, value)
    if extension == '.html' and callable(getattr(value, 'to_html', None)):
        return _bytes(path, value.to_html().encode())
    raise _unfit(extension, value, 'a str or bytes')


def _unfit(extension, value, what):
    return TypeError(f'{extension} takes {what}, or a pathlib.Path of a file that was written, and this is {_article(value)}')


def _article(value):
    kind = type(value)
    name = kind.__qualname__ if kind.__module__ == 'builtins' else f'{kind.__module__.split(".")[0]}.{kind.__qualname__}'
    return f'an {name}' if name[0] in 'aeiou' else f'a {name}'


def _clear(path):
    """Nothing is written through an existing file: it may be a link to content that others keep."""
    if os.path.lexists(path) and (os.path.islink(path) or not os.path.isdir(path)):
        os.unlink(path)


def _bytes(path, data):
    with chef_values.fresh(path) as file:
        left = memoryview(data).cast('B')
        while left.nbytes > 0:
            left = left[file.write(left) :]


def _json(value):
    numpy = sys.modules.get('numpy')
    if numpy is not None and type(value) is numpy.ndarray:
        value = value.tolist()
    elif callable(getattr(value, 'to_dict', None)) and hasattr(value, 'columns'):
        value = value.to_dict(orient='records')
    elif callable(getattr(value, 'to_dicts', None)):
        value = value.to_dicts()
    data = chef_values.json_bytes(value)
    if data is None:
        raise _unfit('.json', value, 'numbers, texts, True, False, None, and lists and dicts of them, an array or a DataFrame')
    return data


def _frame(path, extension, value):
    """pandas and polars write themselves. The index of pandas is a column where it says more than a count."""
    name = 'csv' if extension in ('.csv', '.tsv') else extension[1:]
    separator = '\t' if extension == '.tsv' else ','
    if callable(getattr(value, f'write_{name if name != "feather" else "ipc"}', None)):
        if name == 'csv':
            return value.write_csv(path, separator=separator)
        return value.write_parquet(path) if name == 'parquet' else value.write_ipc(path)
    if not callable(getattr(value, 'to_csv', None)):
        raise _unfit(extension, value, 'a DataFrame (pandas or polars), or bytes')
    if not hasattr(value, 'columns'):
        value = value.to_frame()
    if name == 'csv':
        counted = type(value.index).__name__ == 'RangeIndex' and value.index.name is None
        return _named_gaps(value).to_csv(path, sep=separator, index=not counted)
    if name == 'parquet':
        return value.to_parquet(path)
    return value.to_feather(path)


def _named_gaps(frame):
    """A gap in a column of numbers is the number nan there. In other columns an empty cell stays empty."""
    gaps = [place for place, kind in enumerate(frame.dtypes) if getattr(kind, 'kind', '') == 'f' and frame.iloc[:, place].isna().any()]
    if not gaps:
        return frame
    columns = [frame.iloc[:, place] for place in range(frame.shape[1])]
    for place in gaps:
        columns[place] = columns[place].astype(object).where(columns[place].notna(), 'nan')
    import pandas

    named = pandas.concat(columns, axis=1)
    named.columns = frame.columns
    return named


def _array(path, extension, value):
    try:
        import numpy
    except ImportError:
        raise _unfit(extension, value, 'an array of numpy, which is not installed') from None
    if extension == '.npz':
        if not isinstance(value, dict):
            raise _unfit(extension, value, 'a dict of arrays')
        with open(path, 'xb') as file:
            return numpy.savez(file, **value)
    try:
        array = value if isinstance(value, numpy.ndarray) else numpy.asarray(value)
    except Exception:
        array = None
    if array is None or array.dtype.hasobject or array.dtype.kind in 'US':
        raise _unfit(extension, value, 'an array of numbers')
    with chef_values.fresh(path) as file:
        numpy.lib.format.write_array(file, array, allow_pickle=False)


def _picture(path, extension, value):
    """Pictures hold no times and no random names, so that the same figure is the same bytes."""
    figure = value if callable(getattr(value, 'savefig', None)) else getattr(value, 'figure', None)
    if callable(getattr(figure, 'savefig', None)):
        matplotlib = sys.modules.get('matplotlib')
        dates = {'.svg': {'Date': None}, '.pdf': {'CreationDate': None}, '.eps': {}, '.ps': {}}
        more = {'metadata': dates[extension]} if dates.get(extension) else {}
        if matplotlib is None:
            return figure.savefig(path, **more)
        with matplotlib.rc_context({'svg.hashsalt': 'chef'}):
            return figure.savefig(path, **more)
    if callable(getattr(value, 'write_image', None)):
        return value.write_image(path)
    if callable(getattr(value, 'save', None)):
        return value.save(path)
    raise _unfit(extension, value, 'a figure (matplotlib, plotly), an image (Pillow), or bytes')

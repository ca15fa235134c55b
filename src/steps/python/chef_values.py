# Stores values in files: JSON if it represents them fully, numpy arrays as .npy, and everything else as a pickle.
# Files of the fridge have no extension, so a reader recognises the form by the first bytes. chef_files.py stores what
# has to be a file of a certain kind.
import io
import json
import os
import pickle
import sys

# A step may put functions of its own in the place of these.
_dumps, _loads = json.dumps, json.loads

NPY = b'\x93NUMPY'
# Earlier chefs put this before a pickle.
PICKLE = b'\x89CHEF-PICKLE\n'
PLAIN_PICKLE = b'\x80\x04'
JSON_STARTS = frozenset(b'{["-0123456789tfnNI')
WORDS = frozenset(b'+-nNiI')


class Unreadable(Exception):
    pass


def _plain(value):
    """Return True if JSON returns an equal value. Tuples become lists, as everywhere in JSON."""
    kind = type(value)
    if kind is list or kind is tuple:
        return all(map(_plain, value))
    if kind is dict:
        return all(type(key) is str for key in value) and all(map(_plain, value.values()))
    return kind in (str, int, float, bool, type(None)) or _scalar(value)


def _scalar(value):
    numpy = sys.modules.get('numpy')
    return numpy is not None and isinstance(value, (numpy.bool_, numpy.integer, numpy.floating)) and value.itemsize <= 8


def json_bytes(value):
    if not _plain(value):
        return None
    try:
        text = _dumps(value, ensure_ascii=False, separators=(',', ':'), default=lambda one: one.item())
        return text.encode()
    except (ValueError, UnicodeEncodeError):
        return None


def write(path, value):
    """Write a value and return the path of the output. A value that is a path stands for the file or
    folder there.
    """
    if isinstance(value, os.PathLike):
        return os.path.abspath(os.fspath(value))
    numpy = sys.modules.get('numpy')
    if numpy is not None and type(value) is numpy.ndarray and not value.dtype.hasobject:
        with fresh(path) as file:
            numpy.lib.format.write_array(file, value, allow_pickle=False)
        return path
    data = json_bytes(value)
    if data is None:
        data = pickle.dumps(value, protocol=4)
    with fresh(path) as file:
        file.write(data)
    return path


def fresh(path):
    """Open a new file. An existing one is replaced, because an input of the same name is a link to
    content that others keep.
    """
    try:
        return open(path, 'xb', buffering=0)
    except FileExistsError:
        if os.path.isdir(path) and not os.path.islink(path):
            raise
        os.unlink(path)
        return open(path, 'xb', buffering=0)


def read(path, form):
    """Read a value. form is 'path', 'json' or 'npy' by the name of the file, or 'any' to recognise
    it by content.
    """
    if form == 'path' or os.path.isdir(path):
        return path
    with open(path, 'rb', buffering=0) as file:
        if form == 'json':
            return _read_json(file.readall())
        head = file.read(16)
        if form == 'npy' or head.startswith(NPY):
            import numpy

            file.seek(0)
            return numpy.lib.format.read_array(io.BufferedReader(file), allow_pickle=False)
        if head.startswith(PICKLE):
            file.seek(len(PICKLE))
            return pickle.loads(file.readall())
        if head.startswith(PLAIN_PICKLE):
            data = head + file.readall()
            return pickle.loads(data) if data.endswith(b'.') else path
        start = head.lstrip(b' \t\r\n')[:1]
        if start and start[0] in JSON_STARTS | WORDS:
            try:
                return _text(head + file.readall())
            except ValueError:
                return path
    return path


def _text(data):
    """Read JSON, or one of the words that C, R and JavaScript print for a number without digits."""
    text = data.decode()
    word = text.strip()
    if len(word) <= 9 and word.lstrip('+-') in ('nan', 'NaN', 'inf', 'Inf', 'Infinity'):
        return float(word)
    return _loads(text)


def _read_json(data):
    try:
        return _loads(data.decode('utf-8-sig'))
    except ValueError as error:
        raise Unreadable(str(error)) from None

"""Reads results of chef from Python: in notebooks, scripts and tests.

    import chefkoch
    kitchen = chefkoch.open()            # the cheffile here or above; or open('path/to/project')
    kitchen.table('fit')                 # typed columns: a DataFrame where pandas is there, else a dict of lists
    kitchen.load('fit', K=3)             # the value of one variant: a number, an array, a frame, a picture's bytes
    kitchen.stack('fit', over=['K'])     # an array with named axes
    kitchen.status('fit', K=3)           # 'current', 'stale' or 'missing'

`fresh=True` builds what is asked for first. Only the standard library is needed; numpy and pandas are used where they
are there. Files that are handed out are copies: nothing that is written to them reaches the fridge.
"""

import atexit
import io
import json
import os
import pickle
import shutil
import subprocess
import tempfile
import warnings

__all__ = ['open', 'Kitchen', 'Stack', 'Content', 'ChefError', 'UnknownName', 'Ambiguous', 'Missing', 'StaleWarning']

_WORDS = {'NaN': float('nan'), 'Infinity': float('inf'), '-Infinity': float('-inf')}
_PICTURES = ('.png', '.jpg', '.jpeg', '.svg', '.pdf', '.gif', '.webp', '.tif', '.tiff')
_NPY, _PARQUET, _PICKLE = b'\x93NUMPY', b'PAR1', b'\x80\x04'
_open_file = open


class ChefError(RuntimeError):
    """chef could not do what was asked; the message is chef's own."""


class UnknownName(ChefError, KeyError):
    """There is no such result, flavour or field. The message names those that there are."""

    def __str__(self):
        return RuntimeError.__str__(self)


class Ambiguous(ChefError, LookupError):
    """Several variants match. `differ` maps the names in which they differ to their values."""

    def __init__(self, message, differ):
        super().__init__(message)
        self.differ = differ


class Missing(ChefError, LookupError):
    """The variant has no value: it was not cooked yet, or failed."""


class StaleWarning(UserWarning):
    """The value is of an earlier build."""


def open(folder='.', chef=None):
    """Open the kitchen of a folder: its cheffile, or the next one above it. `chef` is the path of another chef than the one beside
    this file.
    """
    return Kitchen(folder, chef)


class Kitchen:
    """The results of one cheffile."""

    def __init__(self, folder='.', chef=None):
        self.folder = os.path.abspath(os.fspath(folder))
        if not os.path.isdir(self.folder):
            raise ChefError(f'there is no folder {self.folder}')
        self._chef = _program(chef)
        self._names = None
        self._names = self._read_names()

    def __repr__(self):
        return f'<chefkoch.Kitchen {self.folder}: {", ".join(self.results)}>'

    @property
    def results(self):
        """The names of all results."""
        return sorted(self._names['results'])

    def table(self, result, fresh=False):
        """All variants of a result: a column for each parameter, for the value or each of its fields, and `status`."""
        rows = self._rows(result, fresh)
        lines = []
        for row in rows:
            line = dict(_flat('', row.parameters))
            if row.status == 'missing':
                line.setdefault(result, None)
            elif isinstance(row.value, dict) and row.value:
                line.update(_flat(result, row.value))
            else:
                line[result] = row.value if row.path is None else Content(self, result, row)
            line['status'] = row.status
            lines.append(line)
        names = list(dict.fromkeys(name for line in lines for name in line if name != 'status'))
        values = [result, *(name for name in names if name.startswith(f'{result}.'))]
        order = [name for name in names if name not in values] + [name for name in values if name in names] + ['status']
        if len(values) > 1 and all(line.get(result) is None for line in lines):
            order = [name for name in order if name != result]
        columns = {name: [line.get(name) for line in lines] for name in order}
        try:
            import pandas
        except ImportError:
            return columns
        return pandas.DataFrame(columns, columns=order)

    def load(self, result, where=None, fresh=False, **parameters):
        """The value of the one variant that has these parameters. A field of an object is named by its last part where
        that is unique (`alpha` for `run.alpha`), or in `where={'run.alpha': 0.1}`.
        """
        row = self._one(result, {**(where or {}), **parameters}, fresh)
        if row.status == 'missing':
            raise Missing(f'{_variant(result, row)} has no value: it failed or was not cooked yet. fresh=True builds it first')
        if row.status == 'stale':
            warnings.warn(f'{_variant(result, row)} is stale: the value is of an earlier build. fresh=True builds it first', StaleWarning, stacklevel=2)
        return self._value(result, row)

    def status(self, result, where=None, **parameters):
        """'current', 'stale' or 'missing'."""
        return self._one(result, {**(where or {}), **parameters}, False).status

    def stack(self, result, over, where=None, fresh=False, **parameters):
        """The values of all variants that differ only in the names in `over`, as an array with an axis for each name."""
        names = [over] if isinstance(over, str) else list(over)
        rows = self._matching(result, {**(where or {}), **parameters}, fresh)
        flats = [dict(_flat('', row.parameters)) for row in rows]
        known = list(dict.fromkeys(name for flat in flats for name in flat))
        names = [_resolve(name, known, result) for name in names]
        groups = {}
        for flat in flats:
            groups.setdefault(tuple(_key(flat.get(name)) for name in names), []).append(flat)
        rest = {}
        for group in groups.values():
            rest.update(_differing(group))
        if rest:
            raise Ambiguous(f'the variants of {result} also differ in {_listed(rest)}: name a value of each, or stack over it too', rest)
        axes = {name: _sorted({_key(flat.get(name)): flat.get(name) for flat in flats}.values()) for name in names}
        cells = {}
        stale = 0
        for row, flat in zip(rows, flats):
            if row.status == 'missing':
                continue
            stale += row.status == 'stale'
            cells[tuple(_key(flat.get(name)) for name in names)] = self._value(result, row)
        if stale:
            warnings.warn(f'{stale} of the stacked values of {result} are stale. fresh=True builds them first', StaleWarning, stacklevel=2)
        return Stack(_stacked(cells, [[_key(value) for value in axes[name]] for name in names]), axes)

    def build(self, *results):
        """Run `chef build` for these results. An error is chef's own message."""
        self._run(['build', '--quiet', *results])

    # What follows asks chef.

    def _run(self, arguments):
        command = [*self._chef, *arguments]
        try:
            done = subprocess.run(command, cwd=self.folder, capture_output=True, stdin=subprocess.DEVNULL, encoding='utf-8', errors='replace')
        except OSError as error:
            raise ChefError(f'chef cannot be started ({error}). Is Node on PATH? open(chef=...) names another chef') from None
        if done.returncode != 0:
            said = done.stderr.strip() or f'chef ended with exit {done.returncode}'
            raise ChefError(said[-4000:])
        return done.stdout

    def _lines(self, arguments):
        return [json.loads(line) for line in self._run([*arguments, '--json']).splitlines() if line.startswith('{')]

    def _read_names(self):
        names = {'flavours': set(), 'resources': set(), 'results': {}}
        for line in self._lines(['config']):
            path, value = line.get('path', ''), line.get('value')
            section, _, rest = path.partition('.')
            if section in ('flavours', 'resources'):
                names[section].add(rest.partition('.')[0])
            elif section == 'recipe' and '.outputs.' in rest and isinstance(value, str):
                inner = rest.partition('.outputs.')[2]
                names['results'][value] = inner[: -len('.name')] if inner.endswith('.name') else inner
        return names

    def _rows(self, result, fresh):
        known = self._names['results']
        if known and result not in known:
            raise UnknownName(f'there is no result "{result}". There are: {", ".join(sorted(known))}')
        if fresh:
            self.build(result)
        return [_Row(line) for line in self._lines(['table', result]) if line.get('type') != 'summary' or 'rows' not in line]

    def _matching(self, result, wanted, fresh):
        rows = self._rows(result, fresh)
        flats = [dict(_flat('', row.parameters)) for row in rows]
        known = list(dict.fromkeys(name for flat in flats for name in flat))
        whole = list(dict.fromkeys(name for row in rows for name in row.parameters))
        for asked, value in wanted.items():
            if asked in whole and asked not in known:
                found = [at for at, row in enumerate(rows) if _same(row.parameters.get(asked), value)]
                values = [row.parameters.get(asked) for row in rows]
            else:
                name = _resolve(asked, known, result)
                found = [at for at, flat in enumerate(flats) if _same(flat.get(name), value)]
                values = [flat.get(name) for flat in flats]
            if not found:
                shown = ', '.join(repr(one) for one in _sorted({_key(one): one for one in values}.values())[:12])
                raise UnknownName(f'no variant of {result} has {asked}={value!r}. There are: {shown}')
            rows, flats = [rows[at] for at in found], [flats[at] for at in found]
        if not rows:
            raise Missing(f'{result} has no variants')
        return rows

    def _one(self, result, wanted, fresh):
        rows = self._matching(result, wanted, fresh)
        if len(rows) == 1:
            return rows[0]
        differ = _differing([dict(_flat('', row.parameters)) for row in rows])
        raise Ambiguous(f'{len(rows)} variants of {result} match. They differ in {_listed(differ)}: name a value of each', differ)

    def _value(self, result, row):
        inner = self._names['results'].get(result, '')
        extension = os.path.splitext(inner)[1].lower()
        if row.path is None:
            if isinstance(row.value, str):
                if extension in _PICTURES:
                    return row.value.encode()
                if extension in ('.csv', '.tsv'):
                    return _read_table(io.StringIO(row.value), extension, row.value)
            return row.value
        if os.path.isdir(row.path):
            copy = os.path.join(_folder(), f'{len(os.listdir(_folder()))}')
            shutil.copytree(row.path, copy, copy_function=shutil.copyfile)
            return copy
        with _open_file(row.path, 'rb') as file:
            data = file.read()
        if extension in _PICTURES:
            return data
        if data.startswith(_NPY):
            return _read_array(data, result)
        if data.startswith(_PARQUET):
            return _with_pandas('read_parquet', io.BytesIO(data), result)
        if data.startswith(_PICKLE) and data.endswith(b'.') and extension in ('', '.pkl', '.pickle'):
            return pickle.loads(data)
        if data[:4] in (b'\x89PNG', b'%PDF', b'GIF8') or data[:2] == b'\xff\xd8':
            return data
        if extension in ('.csv', '.tsv'):
            text = data.decode('utf-8')
            return _read_table(io.StringIO(text), extension, text)
        if extension in ('', '.json'):
            try:
                return json.loads(data.decode('utf-8'))
            except ValueError:
                pass
        copy = os.path.join(_folder(), f'{len(os.listdir(_folder()))}{extension}')
        with _open_file(copy, 'xb') as file:
            file.write(data)
        return copy


class Content:
    """A value in a table that is too large for a cell, or no text: `load()` gives it."""

    def __init__(self, kitchen, result, row):
        self._kitchen, self._result, self._row = kitchen, result, row

    def __repr__(self):
        return f'<content of {_variant(self._result, self._row)}>'

    def load(self):
        return self._kitchen._value(self._result, self._row)


class Stack:
    """Values with named axes. `values` is an array of numpy where that is there, else nested lists; `axes` maps each
    name to its values, in the order of the axes. A variant without a value is nan (None in nested lists).
    """

    def __init__(self, values, axes):
        self.values, self.axes = values, axes

    def __array__(self, dtype=None, copy=None):
        import numpy

        return numpy.asarray(self.values, dtype=dtype)

    def __repr__(self):
        shape = ', '.join(f'{name}: {len(values)}' for name, values in self.axes.items())
        return f'<chefkoch.Stack {shape}>\n{self.values!r}'


class _Row:
    def __init__(self, line):
        line = dict(line)
        verdict = line.pop('verdict', None) if line.get('verdict') == 'stale' else None
        self.path = line.pop('path', None) if 'value' not in line else None
        self.value = _numbers(line.pop('value', None))
        self.parameters = line
        self.status = 'stale' if verdict else 'missing' if self.path is None and self.value is None else 'current'


def _program(chef):
    if chef is not None:
        return [os.fspath(chef)]
    beside = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), 'bin', 'chef')
    if os.path.exists(beside):
        return [beside]
    found = shutil.which('chef')
    if found is None:
        raise ChefError('there is no chef beside chefkoch.py or on PATH. open(chef=...) names one; "chef python-path" says where chefkoch.py belongs')
    return [found]


def _numbers(value):
    """Lines of --json hold the numbers without digits as words."""
    if isinstance(value, str):
        return _WORDS.get(value, value)
    if isinstance(value, list):
        return [_numbers(one) for one in value]
    if isinstance(value, dict):
        return {key: _numbers(one) for key, one in value.items()}
    return value


def _flat(name, value):
    if isinstance(value, dict) and value:
        for key, inside in value.items():
            yield from _flat(f'{name}.{key}' if name else key, inside)
    elif name:
        yield name, value


def _resolve(name, known, result):
    if name in known:
        return name
    tails = [one for one in known if one.endswith(f'.{name}')]
    if len(tails) == 1:
        return tails[0]
    if len(tails) > 1:
        raise Ambiguous(f'"{name}" can be any of {", ".join(tails)}', {name: tails})
    raise UnknownName(f'{result} does not depend on "{name}". It depends on: {", ".join(known) or "nothing"}')


def _same(one, other):
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    if hasattr(other, 'item') and not isinstance(other, (str, bytes)):
        other = other.item()
    return one == other


def _key(value):
    return json.dumps(value, sort_keys=True)


def _sorted(values):
    values = list(values)
    try:
        return sorted(values)
    except TypeError:
        return values


def _differing(flats):
    names = dict.fromkeys(name for flat in flats for name in flat)
    found = {name: _sorted({_key(flat.get(name)): flat.get(name) for flat in flats}.values()) for name in names}
    return {name: values for name, values in found.items() if len(values) > 1}


def _listed(differ):
    return '; '.join(f'{name} ({", ".join(repr(one) for one in values[:6])}{", ..." if len(values) > 6 else ""})' for name, values in differ.items())


def _variant(result, row):
    return ' '.join([result, *(f'{name}={value}' for name, value in _flat('', row.parameters))])


def _stacked(cells, axes):
    try:
        import numpy
    except ImportError:
        return _nested(cells, axes, ())
    shapes = {numpy.shape(value) for value in cells.values()}
    if len(shapes) > 1:
        raise ChefError(f'the values differ in shape ({", ".join(map(str, sorted(shapes)))}), so that they make no array')
    shape = shapes.pop() if shapes else ()
    first = numpy.asarray(next(iter(cells.values()), 0.0))
    whole = 1
    for axis in axes:
        whole *= len(axis)
    is_full = len(cells) == whole
    kind = numpy.result_type(*(numpy.asarray(value) for value in cells.values())) if cells and first.dtype.kind in 'biufc' else first.dtype
    if kind.kind in 'biu' and not is_full:
        kind = numpy.dtype(float)
    array = numpy.full([len(axis) for axis in axes] + list(shape), numpy.nan if kind.kind in 'fc' else None if kind.kind not in 'biu' else 0, dtype=kind if kind.kind in 'biufc' else object)
    for key, value in cells.items():
        array[tuple(axis.index(part) for axis, part in zip(axes, key))] = value
    return array


def _nested(cells, axes, key):
    if not axes:
        return cells.get(key)
    return [_nested(cells, axes[1:], (*key, part)) for part in axes[0]]


def _read_array(data, result):
    try:
        import numpy
    except ImportError:
        raise ChefError(f'{result} is an array, and numpy is not installed here') from None
    return numpy.load(io.BytesIO(data), allow_pickle=False)


def _with_pandas(reader, file, result):
    try:
        import pandas
    except ImportError:
        raise ChefError(f'{result} is a table in Parquet, and pandas is not installed here') from None
    return getattr(pandas, reader)(file)


def _read_table(file, extension, text):
    try:
        import pandas
    except ImportError:
        return text
    return pandas.read_csv(file, sep='\t' if extension == '.tsv' else ',')


_copies = []


def _folder():
    """Copies of files lie here until the program ends."""
    if not _copies:
        _copies.append(tempfile.mkdtemp(prefix='chefkoch-'))
        atexit.register(shutil.rmtree, _copies[0], ignore_errors=True)
    return _copies[0]

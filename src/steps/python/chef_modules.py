# Finds and loads modules. A module is looked for by stats of the files that it could be, never by listing a folder, so
# that an observer sees which names were looked for. The user's modules are compiled from their source, never by way of
# __pycache__: its check by the second and the size can miss an edit.
import importlib.machinery
import os
import site
import stat
import sys
import time
import types

import chef_purity

_SUFFIXES = importlib.machinery.EXTENSION_SUFFIXES
_STDLIB = os.path.dirname(os.__file__)
_CHECK_S = 1
_IDLE_S = 0.05
_installed = []
_codes = {}
_root = None
_module = None
# Files of the user's that were loaded.
_loaded = set()
# What was looked for, and what was there, while a template imports.
_looks = {}
_is_watched = False
_checked_at = 0
_used_at = 0


def prepare():
    """Once, in the server."""
    _installed.append(_STDLIB)
    _installed.extend(path for path in [*site.getsitepackages(), site.getusersitepackages()] if path not in _installed)
    if sys.platform == 'linux':
        sys.path_hooks.insert(0, _finder)
        sys.path_importer_cache.clear()


def installed_state():
    """Changes when a package is installed or removed."""
    return [_look(path) for path in _installed]


def _look(path):
    """What tells that a file is another one; of a folder, that it is one."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _kind(path):
    """The kind of what lies there, 0 for nothing."""
    try:
        found = os.stat(path)
    except OSError:
        found = None
    if _is_watched and path not in _looks:
        is_file = found is not None and stat.S_ISREG(found.st_mode)
        _looks[path] = (
            (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            if is_file
            else found is not None
        )
    return 0 if found is None else stat.S_IFMT(found.st_mode)


def note(path):
    """A file that an import opened or asked about is a part of the template."""
    if _is_watched:
        _kind(os.path.abspath(path))


def _is_users(path):
    if _root is not None and path.startswith(_root + os.sep) and '-packages' not in path:
        return not path.startswith(sys.prefix + os.sep) or not sys.prefix.startswith(_root + os.sep)
    return not any(path == one or path.startswith(one + os.sep) for one in _installed)


class _Source(importlib.machinery.SourceFileLoader):
    def get_code(self, fullname):
        if not _is_users(self.path):
            return super().get_code(fullname)
        _loaded.add(self.path)
        return _compiled(self.path, self.get_data(self.path))


class _Extension(importlib.machinery.ExtensionFileLoader):
    def create_module(self, spec):
        if _is_users(self.path):
            _loaded.add(self.path)
        return super().create_module(spec)


class _WatchedSource(_Source):
    def exec_module(self, module):
        with chef_purity.paused(not _is_users(self.path)):
            super().exec_module(module)
            chef_purity.note_loaded(module.__name__)


class _WatchedExtension(_Extension):
    def create_module(self, spec):
        with chef_purity.paused(True):
            return super().create_module(spec)

    def exec_module(self, module):
        with chef_purity.paused(True):
            super().exec_module(module)
            chef_purity.note_loaded(module.__name__)


class _Finder(importlib.machinery.FileFinder):
    def find_spec(self, fullname, target=None):
        name = fullname.rpartition('.')[2]
        base = os.path.join(self.path, name)
        loaders = self._loaders
        if '.' not in fullname and name in sys.stdlib_module_names and _is_users(self.path):
            # Only a source can stand before the standard library, so that a search in the user's folders takes few looks.
            loaders = [one for one in loaders if one[0] == '.py']
        is_folder = _kind(base) == stat.S_IFDIR
        if is_folder:
            for suffix, loader in loaders:
                path = os.path.join(base, '__init__' + suffix)
                if _kind(path) == stat.S_IFREG:
                    return self._get_spec(loader, fullname, path, [base], target)
        for suffix, loader in loaders:
            path = base + suffix
            if _kind(path) == stat.S_IFREG:
                return self._get_spec(loader, fullname, path, None, target)
        if not is_folder:
            return None
        spec = importlib.machinery.ModuleSpec(fullname, None)
        spec.submodule_search_locations = [base]
        return spec


def _finder(path):
    path = os.path.abspath(path or os.getcwd())
    if _kind(path) != stat.S_IFDIR:
        raise ImportError(f'{path} is no folder')
    # Those that watch stand in tracebacks, so only a template has them, which tells nobody why an import failed.
    extension, source = (_WatchedExtension, _WatchedSource) if _is_watched else (_Extension, _Source)
    loaders = [(extension, _SUFFIXES), (source, importlib.machinery.SOURCE_SUFFIXES)]
    if not _is_users(path):
        loaders.append((importlib.machinery.SourcelessFileLoader, importlib.machinery.BYTECODE_SUFFIXES))
    return _Finder(path, *loaders)


def _compiled(path, data):
    code = compile(data, path, 'exec', dont_inherit=True)
    _codes[path] = data
    return code


def load(source, origin, watched=False):
    """The step's module. `source` is what was staged, `origin` where the user keeps it. Watched, it is noted what its
    import looks for and whether it depends on more than files."""
    global _root, _is_watched, _checked_at, _used_at, _module
    _root = os.path.dirname(origin)
    sys.path.insert(0, _root)

    with open(source, 'rb', buffering=0) as file:
        data = file.readall()
    name = os.path.splitext(os.path.basename(origin))[0]
    if not name.isidentifier() or name in sys.modules or name in sys.stdlib_module_names:
        name = '__chef_step__'
    module = _module = types.ModuleType(name)
    module.__file__ = origin
    sys.modules[name] = module
    if watched:
        _is_watched = True
        chef_purity.watch(note)
    sys.path_importer_cache.clear()
    try:
        exec(_compiled(origin, data), module.__dict__)
    finally:
        if watched:
            chef_purity.leave()
            _is_watched = False
            sys.path_importer_cache.clear()
            _checked_at = _used_at = time.monotonic()
    return module


def is_check_due():
    """Return True when all that an import looked for must be looked at again: where a build may have begun since the last
    ticket, and once a second."""
    global _checked_at
    now = time.monotonic()
    if now - _used_at <= _IDLE_S and now - _checked_at <= _CHECK_S:
        return False
    _checked_at = now
    return True


def is_stale(looks_at_all):
    """Return True if an import would find other files now. The user's own files are looked at for every ticket."""
    if looks_at_all:
        return any(_now(path) != then for path, then in _looks.items())
    return any(_look(path) != _looks[path] for path in _loaded if path in _looks)


def ticket_ended():
    global _used_at
    _used_at = time.monotonic()


def _now(path):
    found = _look(path)
    if found is None:
        return False
    return found if os.path.isfile(path) else True


def imported():
    return _module


def source_of(path):
    return _codes.get(path)


def discovered(origin):
    return sorted(_loaded - {origin})

# Loads the user's modules. A step and its imports from beside it are loaded anew for every ticket, so that no state
# of one cook reaches the next and no changed file is missed. Installed packages stay loaded.
import importlib.machinery
import importlib.util
import os
import sys
import types

_SUFFIXES = importlib.machinery.EXTENSION_SUFFIXES
_codes = {}
_root = None
_loaded = {}
_extensions = {}
_searched = set()


def _compiled(path, data):
    held = _codes.get(path)
    if held is None or held[0] != data:
        held = _codes[path] = (data, compile(data, path, 'exec', dont_inherit=True))
    return held[1]


class _Source(importlib.machinery.SourceFileLoader):
    # Bypasses __pycache__, whose check by second and size can miss an edit.
    def get_code(self, fullname):
        _loaded[fullname] = self.path
        return _compiled(self.path, self.get_data(self.path))


class _Extension(importlib.machinery.ExtensionFileLoader):
    def exec_module(self, module):
        _extensions[self.path] = _look(self.path)
        super().exec_module(module)


def _look(path):
    try:
        stat = os.stat(path)
        return (stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    except OSError:
        return None


def _is_users(path):
    return (
        _root is not None
        and (path == _root or path.startswith(_root + os.sep))
        and '-packages' not in path
        and not (sys.prefix.startswith(_root) and path.startswith(sys.prefix))
    )


def _hook(path):
    if not _is_users(path):
        raise ImportError
    _searched.add(path)
    return importlib.machinery.FileFinder(path, (_Extension, _SUFFIXES), (_Source, ['.py']))


def must_restart():
    """Return True if a library has changed, because a process that holds the old one cannot load the
    new one.
    """
    return any(_look(path) != then for path, then in _extensions.items())


def load(source, origin):
    """Load the step's module. `source` is the staged file, `origin` the user's own."""
    global _root
    _root = os.path.dirname(origin)
    if _hook not in sys.path_hooks:
        sys.path_hooks.insert(0, _hook)
    sys.path.insert(0, _root)
    with open(source, 'rb', buffering=0) as file:
        data = file.readall()
    code = _compiled(origin, data)
    name = os.path.splitext(os.path.basename(origin))[0]
    if not name.isidentifier() or name in sys.modules or name in sys.stdlib_module_names:
        name = '__chef_step__'
    module = types.ModuleType(name)
    module.__file__ = origin
    sys.modules[name] = module
    _loaded[name] = origin
    exec(code, module.__dict__)
    return module


def source_of(path):
    held = _codes.get(path)
    return None if held is None else held[0]


def discovered(origin):
    return sorted({*_loaded.values(), *(path for path in _extensions if _is_users(path))} - {origin})


def forget():
    global _root
    for name in _loaded:
        sys.modules.pop(name, None)
        parent = name.rpartition('.')[0]
        while parent:
            sys.modules.pop(parent, None)
            parent = parent.rpartition('.')[0]
    _loaded.clear()
    for path in _searched:
        sys.path_importer_cache.pop(path, None)
    _searched.clear()
    _root = None
    if len(_codes) > 1000:
        _codes.clear()

// Defines the graph of another tool as plain data: its statements, its default targets, and what it could not say.
import type { Omission } from './import-result.ts'

/** One thing that the other tool would run, or a name for several others. */
export interface Statement {
  /** The command for the shell, as it stands in the other tool's file. Undefined: the outputs are names for the inputs. */
  command: string | undefined
  /** Absolute. */
  folder: string
  /** Paths that the statement writes, and names that are no files. All paths are absolute, or relative to the graph's folder where they lie below it. */
  outputs: string[]
  /** Files whose content counts, in the order of the command. */
  inputs: string[]
  /** Made before the statement runs. Their content does not count. */
  orderOnly: string[]
  /** Set where the statement writes a list of what it read. */
  depfile?: string
  /** True where the other tool removes the depfile once it was read. */
  takesDepfile?: boolean
  /** The pool whose depth bounds how many such statements run at once. */
  pool?: string
  /** True where the command may leave an output alone that would not change. */
  restat?: boolean
  /** True where the statement makes the build file itself. */
  generator?: boolean
  /** A file that is written before the command runs and removed when it succeeded. */
  response?: { path: string; content: string }
  /** True where the other tool runs it at every build, whatever is there. */
  isAlways?: boolean
  /** True where the command has the terminal for itself. */
  isConsole?: boolean
  /** Variables that the build file sets for the command, and names whose values in the environment count. */
  env?: { [name: string]: string | { from: 'environment' } }
  line?: number
  /** The step's name. Without it, the step is called after its first output. */
  title?: string
  /**
   * Set for a task, which writes files whose names nobody knows before. Its only output, which is no path, stands for all of
   * them. Patterns are relative to the folder of the graph, and `!` takes out what patterns before it mean.
   */
  made?: string[]
  /** Paths, relative to the folder of the graph, of files that the patterns mean and that are checked in: nobody makes them. */
  checkedIn?: string[]
  /** Patterns of files that count besides the inputs, each list by itself: `!` takes out what the others mean. */
  sources?: string[][]
  /** Absolute folders of programs, which come before those of PATH. */
  programs?: string[]
}

export interface BuildGraph {
  /** Absolute: the folder of the build file. */
  folder: string
  statements: Statement[]
  /** The targets that are built when nothing is named: paths and names. */
  defaults: string[]
  /** The number of statements of a pool that may run at once. */
  pools: ReadonlyMap<string, number>
  /** Paths of files that name further inputs and outputs, and that the graph itself makes: they have to be made first. */
  dyndeps: string[]
  /** Absolute paths of all files that the graph was made of: another content of one makes another graph. */
  files: string[]
  /** True where the graph depends on more than these files: on the environment, or on which folders there are. */
  isAsked?: boolean
  /** Parts of the build file that cannot be carried over, by the name of their target. */
  omissions: Omission[]
}

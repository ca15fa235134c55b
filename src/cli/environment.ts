// What chef takes from the process that calls it.

export interface Environment {
  variables: { [name: string]: string | undefined }
  /** The folder that chef was called in. */
  folder: string
}

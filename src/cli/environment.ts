// The part of the calling process that chef reads: its environment variables and its folder.

export interface Environment {
  variables: { [name: string]: string | undefined }
  /** The folder that chef was called in. */
  folder: string
}

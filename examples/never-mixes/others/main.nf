// For Nextflow: pairs come from channels, and `by: 0` says that the first element of each has to agree.
process baseline {
  input: tuple val(device), path(data)
  output: tuple val(device), path('zero')
  script: "echo $device \$(head -n 1 $data) > zero"
}

process signal {
  input: tuple val(device), path(data), val(filter)
  output: tuple val(device), val(filter), path('peak')
  script: "echo $device \$(sort ${filter == 'least' ? '-n' : '-rn'} $data | head -n 1) > peak"
}

process compare {
  publishDir 'nextflow', saveAs: { "${device}-${filter}.score" }
  input: tuple val(device), path(zero), val(filter), path(peak)
  output: path('score')
  script: "awk 'NR == FNR { from = \$1; low = \$2; next } { print from, \$1, \$2 - low }' $zero $peak > score"
}

workflow {
  devices = Channel.fromPath('devices/*.txt').map { file -> tuple(file.baseName, file) }
  zeros = baseline(devices)
  peaks = signal(devices.combine(Channel.of('least', 'most')))
  // Without `by: 0` this pairs both devices with both, and half of the scores are of two devices.
  compare(zeros.combine(peaks, by: 0))
}

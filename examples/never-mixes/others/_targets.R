# For targets: a branch knows its place in a list, and not the device that it came from.
library(targets)

list(
  tar_target(device, c("north", "south")),
  tar_target(filter, c("least", "most")),
  tar_target(zero, list(device = device, low = baseline(device)), pattern = map(device), iteration = "list"),
  tar_target(
    peak,
    list(device = device, filter = filter, high = signal(device, filter)),
    pattern = cross(device, filter),
    iteration = "list"
  ),
  # cross(zero, peak) makes eight scores, four of them of two devices. Those are dropped by hand.
  tar_target(
    score,
    if (zero$device == peak$device) data.frame(zero$device, peak$filter, peak$high - zero$low),
    pattern = cross(zero, peak)
  )
)

"""Where packets come from: a network camera, a file, a local device, the drawn scene."""

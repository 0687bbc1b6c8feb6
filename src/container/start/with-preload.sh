# Becomes the command, which are its arguments but the first: that is a script which Node loads before each program. The
# image's own NODE_OPTIONS and those of the stack file stay.
export NODE_OPTIONS="--require=$1${NODE_OPTIONS:+ $NODE_OPTIONS}"; shift; exec "$@"

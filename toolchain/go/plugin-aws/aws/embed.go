package aws

import "embed"

//go:embed all:generated
var generated embed.FS

// Version is the version of the npm SDK that the plugin serves, set by the linker.
var Version = "0.0.0-dev"

// Generated returns a file that tfgen wrote, or an empty JSON object in tfgen itself, which runs before there is one.
func Generated(name string) []byte {
	data, err := generated.ReadFile("generated/" + name)
	if err != nil {
		return []byte("{}")
	}
	return data
}

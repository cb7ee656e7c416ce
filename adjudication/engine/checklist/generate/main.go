// Command generate writes the PlanDefinitions of the fixed checks.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"

	"claimwright/adjudication/engine/checklist"
)

func main() {
	to := flag.String("to", "", "the folder to write to")
	flag.Parse()
	for _, check := range checklist.Published() {
		name, body, err := checklist.Definition(check)
		if err == nil {
			err = os.WriteFile(filepath.Join(*to, name), body, 0o644)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}

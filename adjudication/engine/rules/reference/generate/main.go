// Command generate writes the reference of facts.
package main

import (
	"flag"
	"log"
	"os"

	"claimwright/adjudication/engine/rules/reference"
)

func main() {
	to := flag.String("to", "", "the file to write")
	flag.Parse()
	if err := os.WriteFile(*to, []byte(reference.Markdown()), 0o644); err != nil {
		log.Fatal(err)
	}
}

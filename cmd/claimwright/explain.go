package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"claimwright/cmd/internal/app"
	"claimwright/cmd/internal/console"
	"claimwright/cmd/internal/explain"
	"claimwright/fhir/codec"
)

// explainFlags are the flags of explain that are no settings.
type explainFlags struct {
	url, file string
}

func newExplain() *cobra.Command {
	settings := []setting{settingStore, settingLogLevel}
	var f explainFlags
	c := &cobra.Command{
		Use:   "explain (ClaimResponse/ID | --file FILE)",
		Short: "Say in words why each amount of a decision is what it is",
		Long: `Explains a ClaimResponse line by line: what was billed, each cut with its amount, who bears it, the rule or limit that made it with
what was used of it before and after, what is paid, and the notes; then the totals, the limits, and what the decision rests on.
While it explains it adds everything up: if the figures of a response do not, it says what is wrong and exits with 1.

The response comes from a store (--store, with --config as elsewhere), from a running server (--url), or from a file (--file): a
ClaimResponse, a Bundle with some, or lines of these as adjudicate writes them; - is standard input. A version is named as in FHIR:
ClaimResponse/ID/_history/2. From a store or a server, the Claim is read as well, to show what was billed.`,
		Example: `  claimwright explain ClaimResponse/01a21cab-01b2-7d7f-b422-cb151ad51284 --store sqlite:data.db
  claimwright explain ClaimResponse/01a21cab-01b2-7d7f-b422-cb151ad51284 --url http://127.0.0.1:8080/fhir
  claimwright adjudicate --scheme my-scheme claims.ndjson | claimwright explain --file -`,
	}
	settingsFlags(c.Flags(), settings...)
	c.Flags().StringVar(&f.url, "url", "", "FHIR base `URL` of a running server to read from, such as http://127.0.0.1:8080/fhir")
	c.Flags().StringVar(&f.file, "file", "", "`file` with the response; - is standard input")
	c.RunE = func(c *cobra.Command, args []string) error {
		name, err := f.named(c, args)
		if err != nil {
			return err
		}
		var answers []decidedClaim
		switch {
		case f.file != "":
			answers, err = readAnswers(c, f.file)
		case f.url != "":
			answers, err = fetched(c.Context(), onServer(f.url), name)
		default:
			err = withApp(c, settings, func(a *app.App) (err error) {
				answers, err = fetched(c.Context(), inStore(a.Store), name)
				return err
			})
		}
		if err != nil {
			return fmt.Errorf("explain: %w", err)
		}
		return explainAll(c, answers)
	}
	return c
}

// named reads which response is asked for; empty for a file.
func (f *explainFlags) named(c *cobra.Command, args []string) (string, error) {
	usage := func(text string) error { return &usageError{"explain: " + text, "Try: claimwright explain --help"} }
	if f.file != "" {
		if len(args) > 0 || f.url != "" || c.Flags().Changed(settingStore.flag) {
			return "", usage("--file stands alone: the response is in the file")
		}
		return "", nil
	}
	if len(args) != 1 {
		return "", usage("name one response, such as ClaimResponse/ID, or say --file FILE")
	}
	plain, version, versioned := strings.Cut(args[0], "/_history/")
	if _, err := responseID(plain); err != nil || versioned && !isVersion(version) {
		return "", usage(fmt.Sprintf("%q is not of the form ClaimResponse/ID or ClaimResponse/ID/_history/2", args[0]))
	}
	if f.url != "" {
		u, err := url.Parse(f.url)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return "", usage("--url is the FHIR base of a server, such as http://127.0.0.1:8080/fhir")
		}
		if c.Flags().Changed(settingStore.flag) {
			return "", usage("say either --store or --url")
		}
	}
	return args[0], nil
}

// decidedClaim is a response, and the Claim that it answers if that is at hand.
type decidedClaim struct{ response, claim *codec.Document }

// reader reads a resource by its relative reference; nil where there is none.
type reader func(ctx context.Context, reference string) (*codec.Document, error)

// fetched reads a response and the claim that it answers.
func fetched(ctx context.Context, read reader, name string) ([]decidedClaim, error) {
	response, err := read(ctx, name)
	if err != nil {
		return nil, err
	}
	if response == nil {
		return nil, fmt.Errorf("there is no %s", name)
	}
	d := decidedClaim{response: response}
	if request := response.Root().Field("request").Field("reference").Text(); isClaim(request) {
		if d.claim, err = read(ctx, request); err != nil {
			return nil, err
		}
	}
	return []decidedClaim{d}, nil
}

// isClaim tells a relative reference to a Claim.
func isClaim(reference string) bool {
	id, ok := strings.CutPrefix(reference, "Claim/")
	return ok && id != "" && !strings.ContainsAny(id, "/?#")
}

func explainAll(c *cobra.Command, answers []decidedClaim) error {
	if len(answers) == 0 {
		return errors.New("explain: there is no ClaimResponse")
	}
	wrong := 0
	out := c.OutOrStdout()
	for i, a := range answers {
		e, err := explain.Read(a.response, a.claim)
		if err != nil {
			return fmt.Errorf("explain: %w", err)
		}
		if i > 0 {
			if _, err := fmt.Fprintln(out); err != nil {
				return err
			}
		}
		if err := e.Write(out, console.Width(out)); err != nil {
			return err
		}
		if len(e.Wrong) > 0 {
			wrong++
		}
	}
	if wrong > 0 {
		return fmt.Errorf("explain: the figures of %d responses do not add up", wrong)
	}
	return nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"claimwright/cmd/internal/app"
	"claimwright/cmd/internal/console"
	"claimwright/conformance/testreport"
	"claimwright/conformance/testrun"
	"claimwright/conformance/testscript"
	"claimwright/fhir/codec"
)

func newConformance() *cobra.Command {
	c := &cobra.Command{
		Use:   "conformance",
		Short: "Test any FHIR R4 server with TestScript resources",
		Long: `A TestScript is FHIR's own form of a test: what to send to a server, and what must come back. docs/conformance.md shows how to run
those of this project, one's own, and others' test tools.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newConformanceRun())
	return c
}

// conformanceRun are the flags of conformance run.
type conformanceRun struct {
	url, reports, junit, only string
	headers, variables        []string
	timeout                   time.Duration
	parallel                  int
	verbose                   bool
}

const conformanceHint = "Try: claimwright conformance run --help"

func newConformanceRun() *cobra.Command {
	var f conformanceRun
	c := &cobra.Command{
		Use:   "run FILE|DIR ... --url URL",
		Short: "Run TestScripts against a server and tell what does not hold",
		Long: `Runs the TestScript resources of the files, and of all files in and beneath the folders, against the server at --url, which may be any
FHIR R4 server. Each script brings its own data and cleans up after itself as far as it says so.

Only that server is spoken to: redirects are not followed, and links to elsewhere are refused. Exits with 1 if a script fails, with 2
if a script cannot be read.`,
		Example: `  claimwright conformance run conformance/testscripts --url http://127.0.0.1:8080/fhir
  claimwright conformance run my-script.json --url https://fhir.example.org/r4 --header "Authorization: Bearer …" --verbose
  claimwright conformance run scripts/ --url http://127.0.0.1:8080/fhir --only search --report reports/ --junit report.xml`,
		RunE: func(c *cobra.Command, paths []string) error { return f.run(c, paths) },
	}
	c.Flags().StringVar(&f.url, "url", "", "FHIR base `URL` of the server under test")
	c.Flags().StringVar(&f.reports, "report", "", "write a TestReport resource for each script into this `folder`")
	c.Flags().StringVar(&f.junit, "junit", "", "write a report to this `file`, as build servers read it (JUnit XML)")
	c.Flags().StringVar(&f.only, "only", "", "run only scripts whose path, name, title or purpose matches the regular `expression`")
	c.Flags().StringArrayVar(&f.headers, "header", nil, "send this header with every request, as `\"Name: value\"` (repeatable)")
	c.Flags().StringArrayVar(&f.variables, "variable", nil, "give a variable of the scripts this value, as `NAME=VALUE` (repeatable)")
	c.Flags().DurationVar(&f.timeout, "timeout", 30*time.Second, "how long one request may `take`")
	c.Flags().IntVar(&f.parallel, "parallel", 1, "how many scripts run at the same `time`")
	c.Flags().BoolVar(&f.verbose, "verbose", false, "tell every action, with requests and answers of those that fail")
	return c
}

func (f *conformanceRun) run(c *cobra.Command, paths []string) error {
	runner, err := f.runner()
	if err != nil {
		return &usageError{"conformance run: " + err.Error(), conformanceHint}
	}
	codec.Warm()
	scripts, err := f.load(paths)
	if err != nil {
		return err
	}
	results, err := f.runAll(c, runner, scripts)
	if err != nil {
		return err
	}
	if err := f.write(results); err != nil {
		return fmt.Errorf("conformance run: %w", err)
	}
	return tellConformance(c.OutOrStdout(), results, f.verbose)
}

func (f *conformanceRun) runner() (*testrun.Runner, error) {
	o := testrun.Options{BaseURL: f.url, Timeout: f.timeout, Header: http.Header{}, Variables: map[string]string{}}
	if f.url == "" {
		return nil, errors.New("--url is missing: which server is to be tested?")
	}
	if f.parallel < 1 || f.parallel > 64 {
		return nil, fmt.Errorf("--parallel: %d is not from 1 to 64", f.parallel)
	}
	if f.timeout <= 0 {
		return nil, errors.New("--timeout must be more than nothing, such as 30s")
	}
	for _, h := range f.headers {
		name, value, ok := strings.Cut(h, ":")
		if !ok || strings.TrimSpace(name) == "" || strings.ContainsAny(h, "\r\n") {
			return nil, fmt.Errorf("--header: %q is not \"Name: value\"", h)
		}
		o.Header.Add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	for _, v := range f.variables {
		name, value, ok := strings.Cut(v, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--variable: %q is not NAME=VALUE", v)
		}
		o.Variables[name] = value
	}
	return testrun.New(o)
}

// load reads the scripts that are named and wanted.
func (f *conformanceRun) load(paths []string) ([]*testscript.Script, error) {
	wanted, err := regexp.Compile("(?i)" + f.only)
	if err != nil {
		return nil, &usageError{"conformance run: --only is no regular expression: " + err.Error(), conformanceHint}
	}
	if len(paths) == 0 {
		return nil, &usageError{"conformance run: name files or folders with TestScripts", conformanceHint}
	}
	var all []*testscript.Script
	var wrong testscript.Mistakes
	for _, path := range paths {
		scripts, err := testscript.Load(path)
		var mistakes testscript.Mistakes
		if errors.As(err, &mistakes) {
			wrong = append(wrong, mistakes...)
			continue
		}
		if err != nil {
			return nil, &usageError{"conformance run: " + err.Error(), conformanceHint}
		}
		for _, s := range scripts {
			if wanted.MatchString(strings.Join([]string{s.Path, s.Name, s.Title, s.Purpose}, "\n")) {
				all = append(all, s)
			}
		}
	}
	if len(wrong) > 0 {
		return nil, &usageError{"mistakes in the scripts:\n" + wrong.Error(), conformanceHint}
	}
	if len(all) == 0 {
		return nil, &usageError{"conformance run: there is no script to run", conformanceHint}
	}
	return all, nil
}

// runAll runs the scripts, a few at a time; the results are in the scripts' order.
func (f *conformanceRun) runAll(c *cobra.Command, runner *testrun.Runner, scripts []*testscript.Script) ([]*testrun.Result, error) {
	results := make([]*testrun.Result, len(scripts))
	bar := console.NewProgress(c.ErrOrStderr())
	done := make(chan struct{}, len(scripts))
	group, ctx := errgroup.WithContext(c.Context())
	group.SetLimit(f.parallel)
	told := make(chan struct{})
	go func() {
		defer close(told)
		n := int64(0)
		for range done {
			n++
			if len(scripts) > 1 {
				bar.Show("scripts", n, int64(len(scripts)))
			}
		}
		bar.Done()
	}()
	for i, s := range scripts {
		group.Go(func() error {
			results[i] = runner.Run(ctx, s)
			done <- struct{}{}
			return ctx.Err()
		})
	}
	err := group.Wait()
	close(done)
	<-told
	if errors.Is(err, context.Canceled) {
		return nil, errors.New("conformance run: stopped")
	}
	return results, err
}

// write writes the reports that are asked for.
func (f *conformanceRun) write(results []*testrun.Result) (err error) {
	if f.reports != "" {
		if err := os.MkdirAll(f.reports, 0o755); err != nil {
			return err
		}
		used := map[string]bool{}
		for _, r := range results {
			body := testreport.Resource(r, testreport.About{Server: f.url, Tester: "claimwright conformance run", Engine: app.Version})
			if err := os.WriteFile(filepath.Join(f.reports, reportName(r.Script, used)), body, 0o644); err != nil {
				return err
			}
		}
	}
	if f.junit == "" {
		return nil
	}
	file, err := os.Create(f.junit)
	if err != nil {
		return err
	}
	defer func() {
		if closed := file.Close(); err == nil {
			err = closed
		}
	}()
	return testreport.JUnit(file, results)
}

// reportName is a file name for a script's report, one for each.
func reportName(s *testscript.Script, used map[string]bool) string {
	base := strings.TrimSuffix(filepath.Base(s.Path), filepath.Ext(s.Path))
	name := "TestReport-" + base + ".json"
	for n := 2; used[name]; n++ {
		name = fmt.Sprintf("TestReport-%s-%d.json", base, n)
	}
	used[name] = true
	return name
}

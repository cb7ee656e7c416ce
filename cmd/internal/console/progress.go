package console

import (
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

// Progress shows how far a long operation is: a bar on a terminal, a line per stage elsewhere, so that logs stay short.
// It is not safe for concurrent use.
type Progress struct {
	out      io.Writer
	terminal bool
	bar      *progressbar.ProgressBar
	stage    string
	done     int64
}

// NewProgress writes to out, usually os.Stderr.
func NewProgress(out io.Writer) *Progress {
	f, isFile := out.(*os.File)
	return &Progress{out: out, terminal: isFile && isatty.IsTerminal(f.Fd())}
}

// Show tells that done of total steps of a stage are finished; total 0 means unknown.
func (p *Progress) Show(stage string, done, total int64) {
	if stage != p.stage {
		p.finish()
		p.stage = stage
		p.start(total)
	}
	p.done = done
	if p.bar != nil {
		if total > 0 && total != p.bar.GetMax64() {
			p.bar.ChangeMax64(total)
		}
		_ = p.bar.Set64(done) // a bar that cannot be drawn is no reason to stop
	}
}

func (p *Progress) start(total int64) {
	if !p.terminal {
		return
	}
	if total == 0 {
		total = -1
	}
	p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription(p.stage),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionClearOnFinish())
}

func (p *Progress) finish() {
	if p.stage == "" {
		return
	}
	if p.bar != nil {
		_ = p.bar.Finish()
		p.bar = nil
	}
	_, _ = fmt.Fprintf(p.out, "%s: %d\n", p.stage, p.done)
	p.stage, p.done = "", 0
}

// Done ends the last stage.
func (p *Progress) Done() { p.finish() }

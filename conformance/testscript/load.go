package testscript

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// maxFile is how large a script or a fixture may be, in bytes.
const maxFile = 10 << 20

var errTooLarge = errors.New("the file is larger than 10 MiB")

// Load reads one file, or all scripts in and beneath a folder in the order of their names. In a folder, files of other resources
// are passed over, and so are folders of fixtures, which begin with an underscore. Fixtures are read from the folder, or from that
// of the file, and from beneath it. The error is Mistakes or that of the file system.
func Load(name string) ([]*Script, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	folder, file := name, ""
	if !info.IsDir() {
		folder, file = filepath.Split(name)
		folder = filepath.Clean(folder)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // nothing was written
	if file != "" {
		s, err := readFile(root.FS(), file, name)
		if err != nil {
			return nil, err
		}
		return []*Script{s}, nil
	}
	return LoadFS(root.FS(), folder)
}

// LoadFS reads all scripts of a file system, as Load does of a folder. Prefix is put before their paths in what is told of them.
func LoadFS(files fs.FS, prefix string) (all []*Script, err error) {
	names, err := scriptNames(files)
	if err != nil {
		return nil, err
	}
	var wrong Mistakes
	for _, name := range names {
		s, err := readFile(files, name, filepath.Join(prefix, filepath.FromSlash(name)))
		var mistakes Mistakes
		if errors.As(err, &mistakes) {
			wrong = append(wrong, mistakes...)
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return all, nil
}

// scriptNames finds the scripts among the files.
func scriptNames(files fs.FS) (names []string, err error) {
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if base := path.Base(name); name != "." && strings.ContainsAny(base[:1], "._") {
				return fs.SkipDir
			}
			return nil
		}
		if ext := path.Ext(name); ext != ".json" && ext != ".xml" {
			return nil
		}
		body, err := readBounded(files, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if isScript(body) {
			names = append(names, name)
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}

func readFile(files fs.FS, name, shown string) (*Script, error) {
	body, err := readBounded(files, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", shown, err)
	}
	return Read(shown, body, func(other string) ([]byte, error) {
		return readBounded(files, path.Join(path.Dir(name), other))
	})
}

// readBounded reads a file that is not too large.
func readBounded(files fs.FS, name string) ([]byte, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	body, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(body) > maxFile {
		err = errTooLarge
	}
	return body, err
}

// Decides whether recorded histories are linearizable, by Porcupine. It reads one operation a line, as JSON, on
// standard input, and prints one JSON object that names what is wrong.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"sort"
	"strconv"
	"time"

	"github.com/anishathalye/porcupine"
)

// operation is what one client asked for and what it was told.
type operation struct {
	// Object names what the operation is about. Objects are independent of each other.
	Object string `json:"object"`
	// Model is how the object behaves: kv, register or uses.
	Model  string `json:"model"`
	Client int    `json:"client"`
	// From and To are nanoseconds on the clock of the machine that asked.
	From int64 `json:"from"`
	To   int64 `json:"to"`
	// Open says that there was no answer: it may have happened at any time since From, or never.
	Open bool   `json:"open,omitempty"`
	Do   string `json:"do"`
	// Value is what was written or seen.
	Value string `json:"value,omitempty"`
	// Expect is the version that a check-and-set asks for, or a number of uses.
	Expect int `json:"expect,omitempty"`
	// Version is the one that was written or seen.
	Version int `json:"version,omitempty"`
	// Refused says that the answer was a definite no.
	Refused bool `json:"refused,omitempty"`
}

type verdict struct {
	Operations int `json:"operations"`
	Objects    int `json:"objects"`
	// Wrong names the objects whose history no order of operations explains.
	Wrong []finding `json:"wrong"`
	// Undecided names those for which the time was not enough.
	Undecided []string `json:"undecided"`
}

type finding struct {
	Object     string      `json:"object"`
	Operations []operation `json:"operations"`
}

func main() {
	seconds := 60
	if len(os.Args) > 1 {
		given, err := strconv.Atoi(os.Args[1])
		if err != nil || given < 1 {
			stop(fmt.Errorf("usage: checker [SECONDS-FOR-EACH-OBJECT] < HISTORY"))
		}
		seconds = given
	}
	history, err := read(os.Stdin)
	if err != nil {
		stop(err)
	}
	result, err := check(history, time.Duration(seconds)*time.Second)
	if err != nil {
		stop(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		stop(err)
	}
}

func stop(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}

func read(from io.Reader) ([]operation, error) {
	var history []operation
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var one operation
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(history)+1, err)
		}
		history = append(history, one)
	}
	return history, lines.Err()
}

func check(history []operation, limit time.Duration) (verdict, error) {
	byObject := map[string][]operation{}
	for _, one := range history {
		byObject[one.Object] = append(byObject[one.Object], one)
	}
	names := make([]string, 0, len(byObject))
	for name := range byObject {
		names = append(names, name)
	}
	sort.Strings(names)
	result := verdict{
		Operations: len(history), Objects: len(names), Wrong: []finding{}, Undecided: []string{},
	}
	for _, name := range names {
		of := byObject[name]
		model, known := models[of[0].Model]
		if !known {
			return result, fmt.Errorf("%s: there is no model %q", name, of[0].Model)
		}
		switch porcupine.CheckOperationsTimeout(model, timed(of), limit) {
		case porcupine.Illegal:
			result.Wrong = append(result.Wrong, finding{Object: name, Operations: of})
		case porcupine.Unknown:
			result.Undecided = append(result.Undecided, name)
		}
	}
	return result, nil
}

// timed gives an operation without an answer all the time there is: one that never happened is put behind
// everything that could have noticed.
func timed(history []operation) []porcupine.Operation {
	all := make([]porcupine.Operation, len(history))
	for i, one := range history {
		end := one.To
		if one.Open {
			end = math.MaxInt64
		}
		all[i] = porcupine.Operation{ClientId: one.Client, Input: one, Call: one.From, Return: end}
	}
	return all
}

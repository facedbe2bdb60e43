package main

import "github.com/anishathalye/porcupine"

var models = map[string]porcupine.Model{
	"kv":       modelOf(secret{}, stepKV),
	"register": modelOf("", stepRegister),
	"uses":     modelOf(0, stepUses),
}

// modelOf makes a model of a state and a function that says whether an operation is possible in a state, and
// which state it leaves.
func modelOf[S comparable](first S, step func(S, operation) (bool, S)) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return first },
		Step: func(state, input, _ any) (bool, any) {
			return step(state.(S), input.(operation))
		},
	}
}

// secret is one secret of KV version 2: the number of its newest version, 0 while there is none, and the value
// of that, empty when it was deleted.
type secret struct {
	version int
	value   string
}

func stepKV(now secret, op operation) (bool, secret) {
	written := secret{version: now.version + 1, value: op.Value}
	switch op.Do {
	case "read":
		return now == secret{version: op.Version, value: op.Value}, now
	case "write":
		return op.Open || op.Version == written.version, written
	case "cas":
		matches := now.version == op.Expect
		if op.Refused {
			return !matches, now
		}
		if op.Open && !matches {
			return true, now
		}
		return matches && (op.Open || op.Version == written.version), written
	case "delete":
		return true, secret{version: now.version}
	case "remove":
		return true, secret{}
	}
	return false, now
}

// stepRegister is for what is in one of several states and shows which: whether a token lives, what a policy
// allows, who is in a group.
func stepRegister(now string, op operation) (bool, string) {
	switch op.Do {
	case "get":
		return now == op.Value, now
	case "set":
		return true, op.Value
	}
	return false, now
}

// stepUses counts how often something may still be used.
func stepUses(left int, op operation) (bool, int) {
	switch op.Do {
	case "grant":
		return true, op.Expect
	case "use":
		if op.Refused {
			return left == 0, left
		}
		return op.Open || left > 0, max(left-1, 0)
	}
	return false, left
}

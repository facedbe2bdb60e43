package main

import "github.com/anishathalye/porcupine"

var models = map[string]porcupine.Model{
	"kv":       modelOf(secret{}, stepKV),
	"register": modelOf("", stepRegister),
	"uses":     modelOf(allowance{}, stepUses),
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

// allowance is how often something may be used, and how often still.
type allowance struct{ granted, left int }

// stepUses allows no use too many. What is good for one use is refused only when that was had; of several, the node
// that takes the last may end the token under a request of another node that has taken one before.
func stepUses(now allowance, op operation) (bool, allowance) {
	used := allowance{now.granted, max(now.left-1, 0)}
	switch op.Do {
	case "grant":
		return true, allowance{op.Expect, op.Expect}
	case "use":
		if op.Refused {
			return now.left == 0 || now.granted > 1, now
		}
		return op.Open || now.left > 0, used
	}
	return false, now
}

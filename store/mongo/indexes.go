package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// The ids of commits are remembered for a day; the contract asks for an hour.
const commitMemorySeconds = 24 * 60 * 60

func model(name string, keys bson.D) mongo.IndexModel {
	return mongo.IndexModel{Keys: keys, Options: options.Index().SetName(name)}
}

// currentIndexes are the indexes of a type's current versions. Search values are in one multikey index; it ends with the
// id, so that the matches of one value come in the order of a search without _sort.
func currentIndexes(resourceType string) []mongo.IndexModel {
	models := []mongo.IndexModel{
		model("terms", bson.D{{Key: "index", Value: 1}, {Key: "_id", Value: 1}}),
		model("ranges", bson.D{{Key: "ranges.p", Value: 1}, {Key: "ranges.lo", Value: 1}, {Key: "ranges.hi", Value: 1}}),
		model("labels", bson.D{{Key: "labels", Value: 1}, {Key: "_id", Value: 1}}),
		model("oldest", bson.D{{Key: "updated", Value: 1}, {Key: "_id", Value: 1}}),
		model("newest", bson.D{{Key: "updated", Value: -1}, {Key: "_id", Value: 1}}),
		model("extractor", bson.D{{Key: "extractor", Value: 1}, {Key: "_id", Value: 1}}),
		{Keys: bson.D{{Key: "deleted", Value: 1}}, Options: options.Index().SetName("deleted").
			SetPartialFilterExpression(bson.D{{Key: "deleted", Value: true}})},
	}
	if param := newestFirst[resourceType]; param != "" {
		field := sortField(param, true)
		models = append(models,
			model("latest", bson.D{{Key: field, Value: -1}, {Key: "_id", Value: 1}}),
			model("terms_latest", bson.D{{Key: "index", Value: 1}, {Key: field, Value: -1}, {Key: "_id", Value: 1}}))
	}
	return models
}

// newestFirst are the dates by which clients list resources of large types, newest first, at any number of matches: the
// claims of a facility, the answers to an insurer. Every other sort runs over a bounded number of candidates.
var newestFirst = map[string]string{
	"Claim":                "created",
	"ClaimResponse":        "created",
	"ExplanationOfBenefit": "created",
}

func historyIndexes() []mongo.IndexModel {
	return []mongo.IndexModel{model("oldest", bson.D{{Key: "updated", Value: 1}, {Key: "_id", Value: 1}})}
}

func commitIndexes() []mongo.IndexModel {
	return []mongo.IndexModel{{
		Keys:    bson.D{{Key: "at", Value: 1}},
		Options: options.Index().SetName("expiry").SetExpireAfterSeconds(commitMemorySeconds),
	}}
}

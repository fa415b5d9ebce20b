#ifndef EXTRACT_CLASSIFY_H
#define EXTRACT_CLASSIFY_H

#include "extract/candidate.h"

/**
 * The class of a message: a multinomial linear model over facts of the headers, the structure and
 * the vocabulary's words. Its weights are a table (class_weights.tsv), so that each verdict can be
 * taken apart.
 */
struct class_model;

__attribute__((warn_unused_result)) bool class_model_load(
	struct class_model **ret_model, const struct tsv_folders *folders, struct error *err);
void class_model_free(struct class_model *model);
DEFINE_CLEANUP(struct class_model *, class_model_free);

/** Feeds what the model says into a digest. */
void class_model_digest(const struct class_model *model, struct digest *digest);

struct verdict {
	enum message_class class;
	double confidence;
	struct view reason; /**< for people: the feature that weighed most */
};

/**
 * Decides. Linear in the document.
 *
 * @names  candidates of find_project_names()
 */
struct verdict classify(const struct class_model *model, const struct document *document,
	const struct candidates *names);

/** The names of the features, in the model's order, for tools that learn weights; NULL past them.
 */
const char *class_feature_name(size_t index);

/** The features of a document; as many as have names. */
enum { CLASS_FEATURES = 43 };
void class_features(const struct document *document, const struct candidates *names,
	double ret_features[CLASS_FEATURES]);

#endif

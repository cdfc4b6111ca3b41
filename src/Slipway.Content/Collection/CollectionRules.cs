namespace Slipway.Content.Collection;

/// <summary>What a collection takes for dead besides what nothing names.</summary>
/// <param name="AnswersBefore">Answers that were given before this moment, and that no job which still has its commit took, are dead.</param>
/// <param name="CachedStepsBefore">Cached build steps that were made before this moment, and whose layer is in no image, are dead.</param>
public sealed record CollectionRules(DateTimeOffset AnswersBefore, DateTimeOffset CachedStepsBefore);

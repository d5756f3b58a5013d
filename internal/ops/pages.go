package ops

import "context"

// paginator is the common part of the paginators of the AWS SDK.
type paginator[Page, Options any] interface {
	HasMorePages() bool
	NextPage(ctx context.Context, options ...func(*Options)) (*Page, error)
}

// collect returns the items of all pages.
func collect[Page, Options, Item any](ctx context.Context, pages paginator[Page, Options], itemsOf func(*Page) []Item) (items []Item, err error) {
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		items = append(items, itemsOf(page)...)
	}
	return items, nil
}

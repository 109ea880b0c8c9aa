<?php
namespace Shop;
class Shop
{
    public function greeting(): string
    {
        return 'good day ' . (new \Seed())->price();
    }
}
